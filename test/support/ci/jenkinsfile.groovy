// Reads a declarative Jenkinsfile as Groovy does and prints what its steps would run; nothing is run. Each line is a word
// and texts in base64. It knows only what our Jenkinsfile uses: anything else, or something in a wrong place, is an error.
abstract class Declarative extends Script {
  static final ALLOWED = [
    '': ['pipeline'],
    pipeline: ['agent', 'options', 'environment', 'stages'],
    options: ['disableConcurrentBuilds', 'timeout'],
    environment: ['credentials'],
    stages: ['stage'],
    stage: ['when', 'environment', 'steps'],
    when: ['branch'],
    steps: ['sh'],
  ]
  List<String> blocks = []
  String stage = ''

  def methodMissing(String name, args) {
    String block = blocks ? blocks.last() : ''
    if (!ALLOWED[block]?.contains(name)) throw new IllegalStateException("$name has no place in ${block ?: 'the file'}")
    if (name == 'credentials') return "credentials(${args[0]})".toString()
    if (name == 'stage') tell('stage', stage = args[0])
    if (name == 'branch') tell('branch', stage, args[0])
    if (name == 'sh') {
      if (!(args[0] instanceof String)) throw new IllegalStateException("Groovy puts values into a script of '$stage'")
      tell('sh', stage, args[0])
    }
    if (args.length > 0 && args.last() instanceof Closure) {
      blocks << name
      args.last().call()
      blocks.removeLast()
      if (name == 'stage') stage = ''
    }
    return null
  }

  def propertyMissing(String name) { name } // as in `agent any`

  void setProperty(String name, value) {
    if (name in ['binding', 'blocks', 'stage']) metaClass.setProperty(this, name, value)
    else if (blocks.last() == 'environment') tell('environment', stage, name, value)
    else throw new IllegalStateException("$name is set outside of environment")
  }

  private static void tell(String word, Object... texts) {
    println(([word] + texts.collect { it.toString().bytes.encodeBase64().toString() }).join(' '))
  }
}

def configuration = new org.codehaus.groovy.control.CompilerConfiguration(scriptBaseClass: Declarative.name)
new GroovyShell(this.class.classLoader, configuration).parse(new File(args[0])).run()
